import Foundation
import TestSupport

/// A client for tests that run beside the server in one program: waiting for an answer must not keep one of the few threads on
/// which the server works.
struct AsyncClient: Sendable {
  let client: LoopbackClient

  func ask(_ path: String, headers: [String: String] = [:], patience: Int = 60) async -> LoopbackClient.Answer {
    await aside { client.ask(path, headers: headers, patience: patience) }
  }

  func ask(
    _ method: String, _ path: String, headers: [String: String] = [:], body: Data = Data(), patience: Int = 60
  ) async -> LoopbackClient.Answer {
    await aside { client.ask(method, path, headers: headers, body: body, patience: patience) }
  }

  func post(_ path: String, _ json: String) async -> LoopbackClient.Answer { await aside { client.post(path, json) } }

  func exchange(_ bytes: Data, patience: Int) async -> Data {
    await aside { client.exchange(bytes, patience: patience) }
  }

  private func aside<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }
}
