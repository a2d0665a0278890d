/*
{
  "attempt": "Has bytes within its code that are no UTF-8.",
  "bytes": {"@BAD@": {"hex": "c328"}},
  "expect": {"failure": "compile_error"}
}
*/
const text@BAD@ = 1;
export default () => text;
