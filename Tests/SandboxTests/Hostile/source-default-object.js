/*
{
  "attempt": "Exports an object that has a call and an apply.",
  "expect": {"failure": "compile_error"}
}
*/
export default { call() { return 1; }, apply() { return 1; } };
