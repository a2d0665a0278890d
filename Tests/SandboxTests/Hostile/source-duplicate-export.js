/*
{
  "attempt": "Exports its default twice.",
  "expect": {"failure": "compile_error"}
}
*/
export default () => 1;
export default () => 2;
