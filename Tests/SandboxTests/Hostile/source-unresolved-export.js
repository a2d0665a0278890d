/*
{
  "attempt": "Exports a name that does not exist.",
  "expect": {"failure": "compile_error"}
}
*/
export { missing };
export default () => 1;
