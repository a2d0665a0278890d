// Reads and writes the same event with the JSON module and with FoundationEssentials, in one run.
//
//   JSONBenchmark [--json | --json-to FILE] [--rounds N]
//
// Prints a table; with --json the figures as JSON for Benchmarks/merge_results.py instead, with --json-to the table, and the figures to a file.
// Ends with status 1 when one of the module's own ways to parse or to write is less than 4 times as fast as FoundationEssentials.

import FoundationEssentials
import Glibc
import JSON

let arguments = CommandLine.arguments
func option(_ name: String) -> String? {
  arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
}
let rounds = option("--rounds").flatMap { Int($0) }.map { max($0, 1) } ?? 101

let event = SQSEvent.sample()
let bytes = try CodableWriter.encode(event)
let data = Data(bytes)
let tree = try JSONValue(parsing: bytes)
let decoder = JSONDecoder()
let encoder = JSONEncoder()

// What is measured must be right first: every door reads the same event, and what each writes is that event again.
guard try JSONReader.withReader(bytes, { reader throws(JSONError) in try SQSEvent(from: &reader) }) == event,
  try CodableReader.decode(SQSEvent.self, from: bytes) == event, try decoder.decode(SQSEvent.self, from: data) == event,
  try SQSEvent(json: event.json) == event, tree.bytes == bytes, try SQSEvent(json: [UInt8](encoder.encode(event))) == event
else {
  print("JSONBenchmark: the two libraries do not read the same event")
  exit(1)
}

/// Keeps a result from being optimised away.
@inline(never) func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }

let measurements = [
  Measurement("FoundationEssentials decode", against: "FoundationEssentials decode") {
    keep(try decoder.decode(SQSEvent.self, from: data))
  },
  Measurement("parse to JSONValue", against: "FoundationEssentials decode") { keep(try JSONValue(parsing: bytes)) },
  Measurement("decode JSONDecodable", against: "FoundationEssentials decode") { keep(try SQSEvent(json: bytes)) },
  Measurement("decode Codable", against: "FoundationEssentials decode") { keep(try CodableReader.decode(SQSEvent.self, from: bytes)) },
  Measurement("FoundationEssentials encode", against: "FoundationEssentials encode") { keep(try encoder.encode(event)) },
  Measurement("write JSONValue", against: "FoundationEssentials encode") { keep(tree.bytes) },
  Measurement("encode JSONEncodable", against: "FoundationEssentials encode") { keep(event.json) },
  Measurement("encode Codable", against: "FoundationEssentials encode") { keep(try CodableWriter.encode(event)) },
]
try Measurement.run(measurements, rounds: rounds)

let results = measurements.map { measurement in
  let baseline = measurements.first { $0.name == measurement.baseline }?.median ?? 0
  return (
    name: measurement.name, milliseconds: Double(measurement.median) / 1e6,
    megabytesPerSecond: Double(bytes.count) / Double(measurement.median) * 1000, ratio: Double(baseline) / Double(measurement.median)
  )
}

let report: JSONValue = [
  "bytes": .number(bytes.count), "rounds": .number(rounds), "unit": "processor time of the thread, medians",
  "measurements": .array(
    results.map {
      [
        "name": .string($0.name), "milliseconds": rounded($0.milliseconds, 3), "megabytesPerSecond": rounded($0.megabytesPerSecond, 1),
        "timesFoundationEssentials": rounded($0.ratio, 2),
      ]
    }),
]

func rounded(_ value: Double, _ count: Int) -> JSONValue { JSONNumber(text: decimals(value, count)).map(JSONValue.number) ?? .null }

if arguments.contains("--json") {
  print(report.text)
} else {
  print("JSON: an SQS event of \(bytes.count) bytes, medians of \(rounds) rounds, processor time")
  print("  " + padded("ms", 38) + padded("MB/s", 9) + padded("ratio", 9))
  for result in results {
    let name = result.name + String(repeating: " ", count: max(0, 30 - result.name.count))
    let figures = padded(decimals(result.milliseconds, 3), 8) + padded(decimals(result.megabytesPerSecond, 0), 9)
    print("  " + name + figures + padded(decimals(result.ratio, 1) + "x", 9))
  }
  if let file = option("--json-to") { try Data(report.bytes).write(to: URL(filePath: file)) }
}

/// How many times as fast as FoundationEssentials each way must be that does not go through `Codable`, which costs what it costs.
let bar = 4.0
let barred = ["parse to JSONValue", "decode JSONDecodable", "write JSONValue", "encode JSONEncodable"]
let slow = results.filter { barred.contains($0.name) && !($0.ratio >= bar) }
for result in slow {
  let complaint =
    "JSONBenchmark: '\(result.name)' is \(decimals(result.ratio, 2)) times as fast as FoundationEssentials, expected \(decimals(bar, 0)) times\n"
  _ = complaint.withCString { write(2, $0, strlen($0)) }
}
exit(slow.isEmpty ? 0 : 1)
