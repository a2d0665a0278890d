/*
{
  "attempt": "Replaces its default export after it was evaluated.",
  "expect": {"result": "second"}
}
*/
let handler = () => "first";
handler = () => "second";
export { handler as default };
