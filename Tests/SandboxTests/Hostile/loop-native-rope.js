/*
{
  "attempt": "Flattens a string of hundreds of thousands of joints, left and right by turns.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  let text = "";
  for (let i = 0; i < 3e5; i++) text = i % 2 ? "\u20ac" + text : text + "x";
  for (;;) text.split("");
}
