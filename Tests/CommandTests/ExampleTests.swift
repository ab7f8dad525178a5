import Foundation
import TestSupport
import Testing

/// The documented examples for other programs, run where these are installed (`make examples` installs them).
struct `The examples for Python` {
  let folder = ScratchFolder()

  @Test(.enabled(if: has("numpy, pandas"), "Python with pandas is not installed: `make examples` installs it"))
  func `load a result folder`() throws {
    #expect(try CommandRun("demo", "-o", folder / "demo").status == 0)
    let printed = try run(python, [example("load_results.py"), folder / "demo"])
    #expect(printed.status == 0)
    #expect(printed.output.contains("sites, "))
    if has("hyperspy.api") {
      #expect(printed.output.contains("HyperSpy: (2, 1024, 1024), 0.0137 nm x 0.0137 nm per pixel"))
    }
    if has("ase") { #expect(printed.output.contains("Atoms(symbols='X")) }
  }

  @Test(.enabled(if: has("numpy, tifffile"), "Python with tifffile is not installed: `make examples` installs it"))
  func `open what is converted, with its scale`() throws {
    let image = folder / "scan.tif"
    #expect(try CommandRun("simulate", "square", "--size", "96", "--pixel-size", "0.0123nm", "-o", image).status == 0)
    for ending in ["hspy", "ome.tif", "mrc", "npy"] {
      #expect(try CommandRun("convert", image, folder / "scan.\(ending)").status == 0)
    }
    let printed = try run(python, [example("open_elsewhere.py"), folder / "scan"])
    #expect(printed.status == 0)
    #expect(printed.output.contains("ImageJ TIFF: (96, 96) float32, 0.0123 nm per pixel"))
    if has("hyperspy.api") { #expect(printed.output.contains("HyperSpy, hspy: (96, 96) float32, 0.0123 nm per pixel")) }
    if has("mrcfile") { #expect(printed.output.contains("mrcfile: (96, 96) float32, 0.0123 nm per pixel")) }
  }
}

/// ImageJ shows a window even where nobody looks, so it needs a display, real or virtual.
@Suite(.enabled(if: hasImageJ, "ImageJ (ij.jar), Java or xvfb-run is not installed"))
struct `The examples for ImageJ` {
  let folder = ScratchFolder()

  @Test func `mark the sites on an image with its scale`() throws {
    let image = folder / "scan.tif"
    #expect(try CommandRun("simulate", "square", "--size", "96", "--pixel-size", "0.0123nm", "-o", image).status == 0)
    let table = "x,y,class,kind\n10,20,,column\n30,40,1,column\n50,60,,vacant\n"
    try Data(table.utf8).write(to: URL(fileURLWithPath: folder / "sites.csv"))
    let files = ["scan.tif", "sites.csv", "marked.tif"].map { folder / $0 }.joined(separator: "|")
    let printed = try run(
      "xvfb-run", ["-a", "java", "-cp", imageJ, "ij.ImageJ", "-batch", example("open_in_fiji.ijm"), files])
    #expect(printed.status == 0)
    #expect(printed.output.contains("Pixel size: 0.0123 x 0.0123 nm"))
    #expect(printed.output.contains("Columns: 2") && printed.output.contains("Vacant: 1"))
    #expect(try CommandRun("info", folder / "marked.tif").output.contains("0.0123 nm"))
  }
}

/// The Python that `make examples` has set up, otherwise the system's.
private let python: String = {
  let own = Repository.root.appending(path: ".venv-examples/bin/python3").path
  return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
}()

private func has(_ modules: String) -> Bool { (try? run(python, ["-c", "import \(modules)"]))?.status == 0 }

/// Where Debian and Ubuntu put it.
private let imageJ = "/usr/share/java/ij.jar"

private let hasImageJ =
  FileManager.default.fileExists(atPath: imageJ) && (try? run("java", ["-version"]))?.status == 0
  && (try? run("xvfb-run", ["--help"]))?.status == 0

private func example(_ name: String) -> String { Repository.root.appending(path: "docs/examples/\(name)").path }

private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, text)
}
