/*
{
  "attempt": "Keeps the functions that settle its result, and calls them later.",
  "expect": {"result": "once"}
}
*/
export default async function handler(input, host) {
  let settle;
  Promise.resolve().then(() => Promise.resolve()).then(() => { settle("once"); settle("twice"); });
  return { then(resolve) { settle = resolve; } };
}
