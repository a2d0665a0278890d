/*
{
  "attempt": "Returns boxed values whose valueOf and toString lie.",
  "expect": {"result": [6, "six", true]}
}
*/
export default async function handler(input, host) {
  const boxed = Object(5);
  boxed.valueOf = () => 6;
  const text = Object("five");
  text.toString = () => "six";
  return [boxed, text, Object(true)];
}
