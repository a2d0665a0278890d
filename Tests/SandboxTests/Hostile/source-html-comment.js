/*
{
  "attempt": "Has a comment of HTML, which scripts may have and modules may not.",
  "expect": {"failure": "compile_error"}
}
*/
<!-- comment
export default () => 1;
