/*
{
  "attempt": "Exports a dynamic import as its handler.",
  "input": "os",
  "expect": {"failure": "threw"}
}
*/
export default (input) => import(input);
