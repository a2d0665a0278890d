/// What a Runtime API sends, rightly and wrongly: the seeds that the fuzzer mutates. A response that once broke something is added here.
enum RuntimeAPICorpus {
  static let events: [String] = [
    "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\nLambda-Runtime-Deadline-Ms: 1542409706888\r\n"
      + "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-2:123456789012:function:custom-runtime\r\n"
      + "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1\r\n"
      + "Lambda-Runtime-Invocation-Id: 7\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"task\":[1]}\n",
    "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;name=value\r\n}\r\n0\r\nTrailer: 1\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: b\r\ncontent-length: 2\r\n\r\n{}",
    "HTTP/1.0 200 OK\r\nLambda-Runtime-Aws-Request-Id: c\r\n\r\n{\"until\":\"close\"}",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nLambda-Runtime-Aws-Request-Id: d\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: e\r\nLambda-Runtime-Aws-Request-Id: f\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n[]",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: g/h?i j\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: k\r\nContent-Length: 2147483648\r\n\r\n{}",
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
  ]

  static let acceptances: [String] = [
    "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n",
    "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 410 Gone\r\nContent-Length: 45\r\n\r\n{\"errorType\":\"ErrorRuntimeInvokeTimeout\"     }",
    "HTTP/1.1 413 Request Entity Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 31\r\n\r\n{\"errorType\":\"InvalidRequestID\"}",
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 33\r\n\r\n{\"errorType\":\"InvalidStateTransit\"}",
    "HTTP/1.1 500 Internal Server Error\r\n\r\n",
    "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
  ]

  /// What mutations insert: marks, numbers at their limits, pieces of fields.
  static let tokens: [String] = [
    "\r\n", "\r\n\r\n", "\n", "\r", "\u{0}", ":", " ", "0", "-1", "+1", "ffffffff", "7fffffffffffffff", "8000000000000000",
    "99999999999999999999",
    "HTTP/1.1 ", "HTTP/1.1 200 OK\r\n", "Content-Length: ", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip\r\n",
    "Connection: close\r\n", "Connection: keep-alive\r\n", "Lambda-Runtime-Aws-Request-Id: x\r\n", "Lambda-Runtime-Invocation-Id: a b\r\n",
    "0\r\n\r\n",
    "5\r\nhello\r\n", ";ext=1", "\u{FEFF}", "é",
  ]
}
