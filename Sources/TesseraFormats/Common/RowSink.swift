/// Carries rows from a C decoder to a Swift closure. An error of the closure is kept and thrown after the decoder is done.
final class RowSink {
  private let body: (RawSpan) throws -> Void
  private(set) var failure: (any Error)?

  init(_ body: @escaping (RawSpan) throws -> Void) { self.body = body }

  /// Takes a row; 0 to go on, 1 to stop. The bytes are borrowed for the call.
  func take(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    do {
      try body(UnsafeRawBufferPointer(start: bytes, count: count).bytes)
      return 0
    } catch {
      failure = error
      return 1
    }
  }

  /// The pointer that C passes back; valid while this object is in use.
  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static func take(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    Unmanaged<RowSink>.fromOpaque(context!).takeUnretainedValue().take(bytes, count)
  }
}
