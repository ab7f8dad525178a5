import Foundation
import Hummingbird
import Synchronization

/// Tells every open page what happens in a project, as server-sent events.
final class EventHub: Sendable {
  private struct Listeners {
    var next = 0
    var streams: [Int: AsyncStream<String>.Continuation] = [:]
  }
  private let listeners = Mutex(Listeners())

  /// Sends one line of JSON. Who reads too slowly gets the newest ones.
  func send(_ event: some Encodable) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    guard let data = try? encoder.encode(event) else { return }
    let line = "data: \(String(decoding: data, as: UTF8.self))\n\n"
    for stream in listeners.withLock({ $0.streams.values.map { $0 } }) { stream.yield(line) }
  }

  /// An answer that goes on until the page is closed.
  func response(to request: Request) -> Response {
    let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(16))
    let number = listeners.withLock { listeners in
      listeners.next += 1
      listeners.streams[listeners.next] = continuation
      return listeners.next
    }
    continuation.onTermination = { [weak self] _ in self?.remove(number) }
    continuation.yield(": open\n\n")
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        try? await request.body.consumeWithCancellationOnInboundClose { _ in
          for await line in stream { try await writer.write(ByteBuffer(string: line)) }
        }
        continuation.finish()
        try await writer.finish(nil)
      })
  }

  private func remove(_ number: Int) { listeners.withLock { _ = $0.streams.removeValue(forKey: number) } }
}
