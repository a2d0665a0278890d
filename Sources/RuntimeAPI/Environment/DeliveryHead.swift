extension RuntimeAPIMachine.Delivery {
  /// The head of the answer to GET next, in the words of Lambda's own server.
  func appendHead(to bytes: inout [UInt8], functionARN: String) {
    bytes.append("HTTP/1.1 200 OK\r\nContent-Type: application/json")
    bytes.appendField("Lambda-Runtime-Aws-Request-Id", requestID)
    bytes.appendField("Lambda-Runtime-Invocation-Id", invocationID)
    bytes.appendField("Lambda-Runtime-Deadline-Ms", String(deadlineMilliseconds))
    bytes.appendField("Lambda-Runtime-Invoked-Function-Arn", functionARN)
    if let traceHeader { bytes.appendField("Lambda-Runtime-Trace-Id", traceHeader) }
    if let clientContext { bytes.appendField("Lambda-Runtime-Client-Context", clientContext) }
    if let cognitoIdentity { bytes.appendField("Lambda-Runtime-Cognito-Identity", cognitoIdentity) }
    if let tenantID { bytes.appendField("Lambda-Runtime-Aws-Tenant-Id", tenantID) }
    bytes.appendField("Content-Length", String(event.count))
    bytes.append("\r\n\r\n")
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  fileprivate mutating func appendField(_ name: StaticString, _ value: String) {
    append("\r\n")
    append(name)
    append(": ")
    // A line's end in a value would begin another field.
    append(contentsOf: value.utf8.lazy.map { $0 < 0x20 ? 0x20 : $0 })
  }
}
