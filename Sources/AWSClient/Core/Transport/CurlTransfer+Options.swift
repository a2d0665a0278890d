import CCurlCrypto

extension CurlTransfer {
  /// Sets what differs from request to request; the loop keeps the transfer while the handle is in use.
  func apply(to easy: UnsafeMutableRawPointer, proxies: ProxySettings) {
    // 0 would mean no limit at all, and libcurl keeps the last request's instead of a negative one.
    carb_easy_address(
      easy, request.url, Int(max(1, request.timeoutMilliseconds)), Int(max(1, request.connectTimeoutMilliseconds)),
      Unmanaged.passUnretained(self).toOpaque())
    carb_easy_proxy(easy, request.bypassesProxy ? "" : proxies.proxy(for: request.url), proxies.exceptions)
    setAddressGuard(of: easy)
    // A kept connection was not made under this request's rule.
    carb_easy_own_connection(easy, request.isSafeToRepeat && request.addresses == .any ? 0 : 1)
    let kind: carb_body =
      switch request.method {
      case "HEAD": CARB_HEAD
      case "GET", "DELETE": request.body.isEmpty ? CARB_WITHOUT_BODY : CARB_WITH_BODY
      default: CARB_WITH_BODY
      }
    carb_easy_content(easy, request.method, kind, request.body, request.body.count)

    // What libcurl would add by itself: a form's content type, and a wait for status 100. The list grows at its beginning.
    var list = carb_list_prepend_omission(nil, "Expect")
    if request.headers["content-type"] == nil { list = carb_list_prepend_omission(list, "Content-Type") }
    for field in request.headers.fields.reversed() {
      var (name, value) = (field.name, field.value)
      list = name.withUTF8 { name in
        value.withUTF8 { value in carb_list_prepend(list, name.baseAddress, name.count, value.baseAddress, value.count) }
      }
    }
    headerList = list
    carb_easy_headers(easy, list)
  }

  private func setAddressGuard(of easy: UnsafeMutableRawPointer) {
    guard request.addresses != .any else { return }
    let addressGuard = UnsafeMutablePointer<carb_address_guard>.allocate(capacity: 1)
    addressGuard.initialize(
      to: carb_address_guard(
        admits: { bytes, count, context in
          guard let context, let bytes else { return 0 }
          let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
          return transfer.admits(UnsafeBufferPointer(start: bytes, count: count)) ? 1 : 0
        }, context: Unmanaged.passUnretained(self).toOpaque()))
    self.addressGuard = addressGuard
    carb_easy_address_guard(easy, addressGuard)
  }

  /// After the transfer: the handle's next one may go anywhere.
  func dropAddressGuard(of easy: UnsafeMutableRawPointer) {
    guard let addressGuard else { return }
    carb_easy_address_guard(easy, nil)
    addressGuard.deallocate()
    self.addressGuard = nil
  }
}
