/*
{
  "attempt": "Two functions call each other, one through apply and one through a bound function.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const even = () => odd.apply(null, []);
  const odd = () => even.bind(null)();
  even();
}
