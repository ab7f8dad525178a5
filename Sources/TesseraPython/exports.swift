import Foundation
import TesseraCommands
import TesseraNumerics

// The functions that Python calls through ctypes. None of them lets an error out: a reply says what went wrong. Each may be
// called from any thread, by several at once; a reply belongs to the caller, who releases it.

/// Called as each stage of a method begins, with its name and the share that is done; anything but 0 stops the work.
public typealias ProgressCallback = @convention(c) (UnsafePointer<CChar>, Double) -> Int32

/// A reply as long as Python holds it.
private final class HeldReply {
  let reply: Reply
  /// JSON, ended by a zero.
  let text: UnsafeMutablePointer<CChar>

  init(_ reply: Reply) {
    self.reply = reply
    let encoder = JSONEncoder.forResults()
    let data = (try? encoder.encode(reply.body)) ?? Data(#"{"error": "the reply cannot be written as JSON"}"#.utf8)
    text = .allocate(capacity: data.count + 1)
    for (index, byte) in data.enumerated() { text[index] = CChar(bitPattern: byte) }
    text[data.count] = 0
  }

  deinit { text.deallocate() }
}

/// The number of this set of functions; it changes with their meaning.
@_cdecl("tessera_abi")
public func tesseraABI() -> Int32 { 2 }

/// Does what a request asks.
///
/// - Parameters:
///   - request: JSON, as `Request` reads it.
///   - pixels: `width` * `height` numbers, row by row; null where the request has no image. They are copied.
///   - width: of the image, in pixels; not read without `pixels`.
///   - height: of the image, in pixels; not read without `pixels`.
///   - progress: called as each stage begins, with the share that is done; a result other than 0 stops the call. May be null.
/// - Returns: a reply, to be released.
@_cdecl("tessera_call")
public func tesseraCall(
  request: UnsafePointer<CChar>, pixels: UnsafePointer<Float>?, width: Int, height: Int, progress: ProgressCallback?
) -> UnsafeMutableRawPointer {
  let reply: Reply
  do {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let asked = try decoder.decode(Request.self, from: Data(bytes: request, count: strlen(request)))
    let image = pixels.map { pixels in
      Raster(width: width, height: height, values: Array(UnsafeBufferPointer(start: pixels, count: width * height)))
    }
    let signal = StoppedCalls.signal(of: asked.call)
    defer { StoppedCalls.forget(asked.call) }
    reply = try StopSignal.$current.withValue(signal) {
      try asked.reply(image) { stage, share in
        // Before a look at the caller, which may have ended.
        if signal.isStopped { throw Stopped() }
        if let progress, stage.rawValue.withCString({ progress($0, share) }) != 0 { throw Stopped() }
      }
    }
  } catch {
    reply = Reply(error)
  }
  return Unmanaged.passRetained(HeldReply(reply)).toOpaque()
}

/// Stops a call, between two stages or in the midst of a long one; its reply is then an error. The caller may come from any thread, and
/// calls before it has the reply.
///
/// - Parameter call: the number that the request has as its `call`.
@_cdecl("tessera_stop")
public func tesseraStop(call: Int) { StoppedCalls.stop(call) }

/// The body of a reply: JSON that ends with a zero, valid until the reply is released.
@_cdecl("tessera_body")
public func tesseraBody(reply: UnsafeRawPointer) -> UnsafePointer<CChar> {
  UnsafePointer(Unmanaged<HeldReply>.fromOpaque(reply).takeUnretainedValue().text)
}

/// Copies an array of a reply; 0 where `bytes` is not its size.
@_cdecl("tessera_copy")
public func tesseraCopy(reply: UnsafeRawPointer, item: Int, target: UnsafeMutableRawPointer, bytes: Int) -> Int32 {
  let held = Unmanaged<HeldReply>.fromOpaque(reply).takeUnretainedValue()
  return held.reply.copy(item: item, to: UnsafeMutableRawBufferPointer(start: target, count: bytes)) ? 1 : 0
}

/// Releases a reply; to be called exactly once. Its body and its arrays are invalid from then on.
@_cdecl("tessera_release")
public func tesseraRelease(reply: UnsafeRawPointer) { Unmanaged<HeldReply>.fromOpaque(reply).release() }

/// The callback of the caller wanted no more.
private struct Stopped: Error, CustomStringConvertible {
  var description: String { "stopped" }
}
