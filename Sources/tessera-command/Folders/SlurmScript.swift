import Foundation
import TesseraFormats
import TesseraMethods

/// A script for Slurm: an array of jobs that share the images of a batch. Submitted again, it does what is missing.
struct SlurmScript: Sendable {
  /// The largest array that Slurm takes unless it is configured otherwise (MaxArraySize 1001).
  static let usualTasks = 1000

  /// The command line of the batch: the program, `batch`, the command and its words, without `--threads`.
  var words: [String]
  /// Name of the command, for the name of the job.
  var command: String
  /// Number of jobs that share the images.
  var count: Int
  /// Those of them that have something to do, from 1, rising.
  var tasks: [Int]
  /// Threads of each job.
  var threads: Int
  /// From where the batch was started: the paths in `words` are relative to it.
  var place: String

  /// Parameters are the properties of the same names.
  init(words: [String], command: String, count: Int, tasks: [Int], threads: Int, place: String) {
    (self.words, self.command, self.count, self.tasks, self.threads, self.place) = (
      words, command, count, tasks, threads, place
    )
  }

  /// Numbers as Slurm takes them: `1-3,7`.
  static func ranges(_ numbers: [Int]) -> String {
    var parts: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = parts.last, last.upperBound + 1 == number {
        parts[parts.count - 1] = last.lowerBound...number
      } else {
        parts.append(number...number)
      }
    }
    return parts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }

  /// As one word of a shell.
  static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }

  /// - Parameter folder: of the batch, from the root.
  func text(in folder: String) -> String {
    // In file names Slurm puts numbers in the place of %A and the like.
    let logs = "\(folder)/\(BatchFolder.logsName)".replacing("%", with: "%%").replacing("\"", with: "\\\"")
    let sharing = count == 1 ? "The job does all images and leaves" : "\(count) jobs share the images; each leaves"
    return """
      #!/bin/sh
      #SBATCH --job-name=tessera-\(command)
      #SBATCH --array=\(Self.ranges(tasks))
      #SBATCH --cpus-per-task=\(threads)
      #SBATCH --requeue
      #SBATCH --output="\(logs)/%a.txt"
      #SBATCH --open-mode=append
      # Written by Tessera \(TesseraVersion.current). \(sharing) those alone whose result lies there. Submit
      # the script again after a job failed or was killed: what is missing is done. Options of sbatch, such as --partition, --time and
      # --mem, go before its name.
      cd \(Self.quoted(place)) || exit 74
      exec \(words.map(Self.quoted).joined(separator: " ")) --threads "${SLURM_CPUS_PER_TASK:-\(threads)}" \\
        --share "${SLURM_ARRAY_TASK_ID:?submit this script with sbatch}/\(count)"

      """
  }

  /// Writes the script, and the folder of what the jobs say, into the folder of a batch.
  /// - Returns: the path of the script.
  /// - Throws: `FormatError` where that is not possible.
  func write(to folder: String) throws -> String {
    try AtomicOutput.makeFolder(at: "\(folder)/\(BatchFolder.logsName)")
    let path = "\(folder)/\(BatchFolder.scriptName)"
    try AtomicOutput.file(at: path, replacing: true, contents: Data(text(in: AtomicOutput.resolved(folder)).utf8))
    return path
  }
}
