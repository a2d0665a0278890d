/*
{
  "attempt": "Has bytes within a comment that are no UTF-8.",
  "bytes": {"@BAD@": {"hex": "f8888080"}},
  "expect": {"failure": "compile_error"}
}
*/
// @BAD@
export default () => 1;
