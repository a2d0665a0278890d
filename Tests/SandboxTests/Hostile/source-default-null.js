/*
{
  "attempt": "Exports null, of which typeof says object.",
  "expect": {"failure": "compile_error"}
}
*/
export default null;
