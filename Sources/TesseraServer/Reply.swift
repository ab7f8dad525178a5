import Foundation
import Hummingbird

/// What the server answers with.
enum Reply {
  /// JSON with keys in snake case.
  static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    return bytes(try encoder.encode(value), type: "application/json", status: status)
  }

  static func bytes(
    _ data: Data, type: String = "application/octet-stream", status: HTTPResponse.Status = .ok
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
  }

  /// Numbers as they lie in memory, least byte first.
  static func array<Number: BitwiseCopyable>(_ values: [Number]) -> Response {
    bytes(values.withUnsafeBytes { Data($0) })
  }

  /// A file that the browser saves, a piece at a time.
  static func download(_ source: FileHandle, as name: String) throws -> Response {
    let size = Int(try source.seekToEnd())
    try source.seek(toOffset: 0)
    return Response(
      status: .ok, headers: headers(ofDownload: name),
      body: ResponseBody(contentLength: size) { writer in
        defer { try? source.close() }
        while let bytes = try source.read(upToCount: 1 << 18), !bytes.isEmpty {
          try await writer.write(ByteBuffer(bytes: bytes))
        }
        try await writer.finish(nil)
      })
  }

  static func download(_ data: Data, as name: String) -> Response {
    var response = bytes(data)
    response.headers = headers(ofDownload: name)
    return response
  }

  /// `name` in a form for every browser: plain, and as it is (RFC 6266).
  private static func headers(ofDownload name: String) -> HTTPFields {
    let plain = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._- ".contains($0)) ? $0 : "_" })
    let full = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? plain
    return [
      .contentType: "application/octet-stream",
      .contentDisposition: "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(full)",
    ]
  }
}

extension Request {
  /// The JSON value of the body, which is small.
  func value<Value: Decodable>(_ type: Value.Type) async throws -> Value {
    guard let buffer = try? await body.collect(upTo: Self.largestValue) else {
      throw HTTPError(
        .contentTooLarge,
        message: "the request holds more than \(Self.largestValue >> 20) MiB; a page asks for less at once")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(buffer.readableBytesView))
  }

  /// Bytes of a request but for uploads, at most.
  private static var largestValue: Int { 1 << 24 }

  /// A number of the query; nil where there is none.
  func number(_ name: Substring) -> Double? { uri.queryParameters[name].flatMap { Double($0) } }
}
