/**
 * Purpose: reconciles two tables of amounts, such as agreed and billed ones, key by key.
 * Input: `expected` and `actual`, each {path, key, amount}: a table file, the column that names what is paid for, and the column with the money.
 *   Several lines of one key are added up.
 * Output: how many keys there are and how many agree; those whose actual amount is `above` or `below` the expected one, those that are
 *   `missing` from the actual table and those that are `unexpected` in it, each with its amounts; and the totals.
 * Constraints: reads at most 1,000 lines a table, and writes nothing. Amounts are added and compared in whole cents, because fractions of a
 *   dollar have no exact binary form: 0.1 + 0.2 is not 0.3.
 */
const MAXIMUM_LINES = 1000;

/** Input that fits the schema and cannot be worked on. */
class InvalidInput extends Error {
  name = "InvalidInput";
}

async function totals(host, { path, key, amount }) {
  const table = await host.callTool("query_table", { path, columns: [key, amount], limit: MAXIMUM_LINES });
  if (table.truncated) throw new InvalidInput(`${path} has ${table.matched_rows} lines; at most ${MAXIMUM_LINES} can be reconciled`);
  const found = new Map();
  for (const row of table.rows) {
    const text = String(row[amount] ?? "").trim();
    const value = Number(text);
    if (text === "" || !Number.isFinite(value)) throw new InvalidInput(`${path}: '${text}' is no amount, in column ${amount} of ${row[key]}`);
    found.set(row[key], (found.get(row[key]) ?? 0) + Math.round(value * 100));
  }
  return found;
}

const dollars = cents => cents / 100;
const sum = (entries, of) => entries.reduce((total, entry) => total + of(entry), 0);

/** The entries with their amounts, which are counted in cents, in dollars. */
const inDollars = entries => entries.map(({ key, ...amounts }) =>
  ({ key, ...Object.fromEntries(Object.entries(amounts).map(([name, cents]) => [name, dollars(cents)])) }));

export default async function handler(input, host) {
  const [expected, actual] = await Promise.all([totals(host, input.expected), totals(host, input.actual)]);
  const above = [], below = [], missing = [], unexpected = [];
  for (const [key, wanted] of expected) {
    if (!actual.has(key)) {
      missing.push({ key, expected: wanted });
    } else if (actual.get(key) !== wanted) {
      const difference = actual.get(key) - wanted;
      (difference > 0 ? above : below).push({ key, expected: wanted, actual: actual.get(key), difference: Math.abs(difference) });
    }
  }
  for (const [key, value] of actual) if (!expected.has(key)) unexpected.push({ key, actual: value });
  for (const entries of [above, below]) entries.sort((a, b) => b.difference - a.difference);

  const aboveTotal = sum(above, entry => entry.difference), belowTotal = sum(below, entry => entry.difference);
  const missingTotal = sum(missing, entry => entry.expected), unexpectedTotal = sum(unexpected, entry => entry.actual);
  return {
    keys: expected.size, agreeing: expected.size - above.length - below.length - missing.length,
    above: inDollars(above), below: inDollars(below), missing: inDollars(missing), unexpected: inDollars(unexpected),
    above_total: dollars(aboveTotal), below_total: dollars(belowTotal),
    missing_total: dollars(missingTotal), unexpected_total: dollars(unexpectedTotal),
    excess_total: dollars(aboveTotal + unexpectedTotal), shortfall_total: dollars(belowTotal + missingTotal),
  };
}
