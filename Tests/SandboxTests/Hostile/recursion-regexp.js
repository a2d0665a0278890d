/*
{
  "attempt": "Compiles and runs an expression of 20,000 nested groups.",
  "expect": {"result": "SyntaxError"}
}
*/
export default async function handler(input, host) {
  try {
    new RegExp("(?:".repeat(20000) + "a" + ")*".repeat(20000)).test("a".repeat(100));
  } catch (error) { return error.name; }
  return "matched";
}
