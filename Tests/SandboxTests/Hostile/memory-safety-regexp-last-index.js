/*
{
  "attempt": "Compiles an expression anew while it is being executed.",
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  const expression = /a(b)?/g;
  let count = 0;
  expression.lastIndex = {
    valueOf() { if (count++ < 3 && expression.compile) expression.compile("((((x))))|a", "g"); return 0; }
  };
  return "aab".replace(expression, (match, group) => String(group).length).length > 0;
}
