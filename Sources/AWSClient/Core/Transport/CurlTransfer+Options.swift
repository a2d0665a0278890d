import CCurlCrypto

extension CurlTransfer {
  /// Sets what differs from request to request; the loop keeps the transfer while the handle is in use.
  func apply(to easy: UnsafeMutableRawPointer, proxies: ProxySettings) {
    carb_easy_address(
      easy, request.url, Int(request.timeoutMilliseconds), Int(request.connectTimeoutMilliseconds),
      Unmanaged.passUnretained(self).toOpaque())
    carb_easy_proxy(easy, request.bypassesProxy ? "" : proxies.proxy(for: request.url), proxies.exceptions)
    carb_easy_own_connection(easy, request.isSafeToRepeat ? 0 : 1)
    let kind: carb_body =
      switch request.method {
      case "HEAD": CARB_HEAD
      case "GET", "DELETE": request.body.isEmpty ? CARB_WITHOUT_BODY : CARB_WITH_BODY
      default: CARB_WITH_BODY
      }
    carb_easy_content(easy, request.method, kind, request.body, request.body.count)

    var list: UnsafeMutableRawPointer?
    var hasContentType = false
    for field in request.headers.fields {
      if field.name == "content-type" { hasContentType = true }
      // libcurl takes "name:" as the wish to leave the field out, and "name;" as the empty field.
      list = carb_list_append(list, field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    // What libcurl would add by itself: a form's content type, and a wait for status 100.
    if !hasContentType { list = carb_list_append(list, "Content-Type:") }
    list = carb_list_append(list, "Expect:")
    headerList = list
    carb_easy_headers(easy, list)
  }
}
