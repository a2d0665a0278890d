/*
{
  "attempt": "Encodes a slash in two bytes.",
  "bytes": {"@SLASH@": {"hex": "c0af"}},
  "expect": {"failure": "compile_error"}
}
*/
const text = "@SLASH@";
export default () => 1;
