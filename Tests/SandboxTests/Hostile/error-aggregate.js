/*
{
  "attempt": "Throws an aggregate of aggregates, 10,000 deep.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  let error = new Error("innermost");
  for (let i = 0; i < 10000; i++) error = new AggregateError([error], "outer", { cause: error });
  throw error;
}
