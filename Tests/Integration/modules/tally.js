/** Adds up a column of a table, and uses all that a run can depend on: a tool, the time, random numbers, the log. */
export default async function handler({ path, column }, host) {
  const table = await host.callTool("query_table", { path, aggregates: [{ function: "sum", column, as: "total" }] });
  host.log("added up", path);
  return { total: table.rows[0].total, at: host.now(), date: new Date().toISOString(), draw: host.random(), dice: Math.random() };
}
