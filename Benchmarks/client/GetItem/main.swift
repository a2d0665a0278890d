import AWSClient
import Glibc

// Reads one item after the other, for ever: what a call takes on the client's side. A synchronous main, as the functions have.
Task.detached {
  do {
    let table = DynamoDBClient(try AWSClient())
    while true {
      let output = try await table.getItem(GetItemInput(tableName: "users", key: ["pk": "user#0001", "sk": "profile"]))
      guard output.item?["name"] == "Ada Lovelace" else { stop("the answer does not hold the item") }
    }
  } catch {
    stop("\(error)")
  }
}
while true { pause() }

@Sendable func stop(_ reason: String) -> Never {
  var line = Array("GetItem: \(reason)\n".utf8)
  _ = write(STDERR_FILENO, &line, line.count)
  exit(1)
}
