import Foundation
import TesseraFormats
import TesseraNumerics

/// All that training goes on from: after a crash, in the folder where it began.
///
/// The file is one line of JSON (settings, history, numbers of floats), then the floats of the state and of the best weights so far, in
/// single precision, little-endian.
public struct TrainingCheckpoint<Training: NetworkTraining>: Sendable, Equatable {
  /// The settings of the training.
  public var training: Training
  /// Steps taken.
  public var step: Int
  /// The validations so far.
  public var history: TrainingHistory
  /// What libtorch needs, and the weights of the row with the lowest loss.
  var state: [Float]
  var bestWeights: [Float]

  private struct Head: Codable {
    var training: Training
    var step: Int
    var history: TrainingHistory
    var stateCount, weightCount: Int
  }

  init(training: Training, step: Int, history: TrainingHistory, state: [Float], bestWeights: [Float]) {
    (self.training, self.step, self.history) = (training, step, history)
    (self.state, self.bestWeights) = (state, bestWeights)
  }

  /// Writes the checkpoint; the file that was there is replaced by renaming, so it is whole at any time.
  ///
  /// - Throws: `FormatError` where the file cannot be written.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var data = try encoder.encode(
      Head(
        training: training, step: step, history: history, stateCount: state.count, weightCount: bestWeights.count))
    data.append(0x0A)
    for number in state + bestWeights {
      withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
    try AtomicOutput.file(at: path, replacing: true, contents: data)
  }

  /// - Throws: `FormatError` for a file that is no checkpoint, or damaged.
  public init(readFrom path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw FormatError(in: path, "cannot be read; remove it to begin anew")
    }
    let fault = FormatError(in: path, "is no checkpoint of a training, or damaged; remove it to begin anew")
    guard let end = data.firstIndex(of: 0x0A), let head = try? JSONDecoder().decode(Head.self, from: data[..<end])
    else {
      throw fault
    }
    let bytes = [UInt8](data[(end + 1)...])
    let size = MemoryLayout<Float>.size
    let (total, overflows) = head.stateCount.addingReportingOverflow(head.weightCount)
    guard head.step >= 0, head.stateCount >= 0, head.weightCount >= 0, !overflows, total == bytes.count / size,
      bytes.count % size == 0
    else { throw fault }
    let numbers = bytes.withUnsafeBytes { buffer in
      (0..<total).map {
        Float(bitPattern: UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: size * $0, as: UInt32.self)))
      }
    }
    self.init(
      training: head.training, step: head.step, history: head.history, state: Array(numbers[..<head.stateCount]),
      bestWeights: Array(numbers[head.stateCount...]))
  }
}
