import Foundation
import TesseraNumerics

/// Tables as files that NumPy reads in two lines: rows and columns as 64-bit integers, then the numbers.
enum Table {
  static func write<Value: BitwiseCopyable>(_ values: [Value], rows: Int, to path: String) throws {
    var data = Data()
    for number in [rows, values.count / max(rows, 1)] {
      withUnsafeBytes(of: Int64(number)) { data.append(contentsOf: $0) }
    }
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    try data.write(to: URL(fileURLWithPath: path))
  }

  static func floats(from path: String) throws -> Matrix<Float> {
    let (rows, columns, values) = try read(Float.self, from: path)
    return Matrix(rows: rows, columns: columns, values: values)
  }

  static func labels(from path: String) throws -> [Int] { try read(Int32.self, from: path).values.map { Int($0) } }

  private static func read<Value: BitwiseCopyable>(
    _ type: Value.Type, from path: String
  ) throws -> (rows: Int, columns: Int, values: [Value]) {
    try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { bytes in
      let rows = Int(bytes.loadUnaligned(as: Int64.self))
      let columns = Int(bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self))
      let size = MemoryLayout<Value>.stride
      let values = (0..<rows * columns).map { bytes.loadUnaligned(fromByteOffset: 16 + size * $0, as: Value.self) }
      return (rows, columns, values)
    }
  }
}

/// Runs a piece of work and tells how long it took, in seconds.
func timed<Result>(_ work: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
  let clock = ContinuousClock()
  let start = clock.now
  let result = try work()
  return (result, (clock.now - start) / .seconds(1))
}
