/*
{
  "attempt": "A reviver hangs ever deeper values below the one that is read.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  JSON.parse("[0]", function (key, value) { if (key === "0") this[1] = [0]; return value; });
  return JSON.parse("[0,0]", function (key, value) { if (key === "0") this[1] = [0, 0]; return value; });
}
