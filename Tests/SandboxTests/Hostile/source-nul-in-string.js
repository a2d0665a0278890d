/*
{
  "attempt": "Has a NUL in a string, and code after it.",
  "bytes": {"@NUL@": {"hex": "00"}},
  "expect": {"failure": "compile_error"}
}
*/
const text = "a@NUL@b";
export default () => text.length;
