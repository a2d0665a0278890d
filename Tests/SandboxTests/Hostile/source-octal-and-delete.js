/*
{
  "attempt": "Uses what strict code may not: old octals and the deletion of names.",
  "expect": {"failure": "compile_error"}
}
*/
var name = 010;
delete name;
export default () => name;
