/*
{
  "attempt": "Has half a character encoded in UTF-8.",
  "bytes": {"@HALF@": {"hex": "eda080"}},
  "expect": {"failure": "compile_error"}
}
*/
const text = "@HALF@";
export default () => 1;
