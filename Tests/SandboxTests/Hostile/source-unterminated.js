/*
{
  "attempt": "Ends within a template.",
  "expect": {"failure": "compile_error"}
}
*/
export default () => `never ends
