/*
{
  "attempt": "Uses with, which modules may not.",
  "expect": {"failure": "compile_error"}
}
*/
export default (input, host) => { with (host) { return callTool("large", {}); } };
