import Foundation

/// Asks a server on this machine over a plain socket: any header, any bytes, as a browser would not let one.
package struct LoopbackClient: Sendable {
  package var port: Int
  /// Sent with every request, unless a request has its own.
  package var headers: [String: String]

  package init(port: Int, headers: [String: String] = [:]) {
    (self.port, self.headers) = (port, headers)
    if self.headers["Host"] == nil { self.headers["Host"] = "127.0.0.1:\(port)" }
  }

  package struct Answer: Sendable {
    /// 0 where the server closed the connection without one.
    package var status: Int
    /// Names in lower case.
    package var headers: [String: String]
    package var body: Data
    package var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// One request over a connection of its own.
  /// - Parameter patience: seconds without a byte after which the answer counts as complete.
  package func ask(
    _ method: String = "GET", _ path: String, headers own: [String: String] = [:], body: Data = Data(),
    patience: Int = 60
  ) -> Answer {
    var all = headers.merging(own) { $1 }
    all["Connection"] = "close"
    if method != "GET", all["Content-Length"] == nil { all["Content-Length"] = "\(body.count)" }
    let head =
      "\(method) \(path) HTTP/1.1\r\n" + all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
      + "\r\n"
    return Self.parse(exchange(Data(head.utf8) + body, patience: patience))
  }

  /// JSON with the method POST.
  package func post(_ path: String, _ json: String) -> Answer {
    ask("POST", path, headers: ["Content-Type": "application/json"], body: Data(json.utf8))
  }

  /// Sends bytes and reads until the server closes the connection.
  package func exchange(_ bytes: Data, patience: Int = 60) -> Data {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return Data() }
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL.rawValue))
      }
      guard count > 0 else { break }
      sent += count
    }
    var received = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return received }
      received.append(contentsOf: buffer[..<count])
    }
  }

  private static func parse(_ data: Data) -> Answer {
    guard let end = data.range(of: Data("\r\n\r\n".utf8)) else { return Answer(status: 0, headers: [:], body: data) }
    let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    var body = Data(data[end.upperBound...])
    if headers["transfer-encoding"] == "chunked" { body = dechunked(body) }
    return Answer(status: words.count > 1 ? Int(words[1]) ?? 0 : 0, headers: headers, body: body)
  }

  private static func dechunked(_ data: Data) -> Data {
    var (rest, result) = (data[...], Data())
    while let line = rest.range(of: Data("\r\n".utf8)),
      let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16), size > 0
    {
      let end = min(line.upperBound + size, rest.endIndex)
      result.append(rest[line.upperBound..<end])
      rest = rest[min(end + 2, rest.endIndex)...]
    }
    return result
  }
}
