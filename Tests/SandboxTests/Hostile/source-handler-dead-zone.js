/*
{
  "attempt": "Exports a name as default whose line is never reached.",
  "expect": {"failure": "threw", "message": "before it"}
}
*/
export { later as default };
throw new Error("before it");
let later = () => 1;
