/*
{
  "attempt": "Asks for the zone and the locale of the machine.",
  "expect": {"result": ["07/01/2025, 12:00:00 AM", "Tue Jul 01 2025 00:00:00 GMT+0000", "undefined", "1234.5"]}
}
*/
export default async function handler(input, host) {
  return [
    new Date(1751328000000).toLocaleString(),
    new Date(1751328000000).toString(),
    typeof Intl,
    (1234.5).toLocaleString(),
  ];
}
