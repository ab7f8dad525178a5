// Opens an image that `tessera convert` has written and marks the sites of a result folder on it.
//
// In Fiji: Plugins > Macros > Run..., then choose the image and sites.csv. Without dialogs:
//     ImageJ -batch open_in_fiji.ijm "scan.tif|scan.tessera/sites.csv|marked.tif"
// where the third file gets the image with the marks as an overlay.
files = split(getArgument(), "|");
if (files.length < 2) {
  files = newArray(File.openDialog("Image (.tif)"), File.openDialog("Sites (sites.csv)"));
}
open(files[0]);
getPixelSize(unit, width, height);
print("Pixel size: " + width + " x " + height + " " + unit);

lines = split(File.openAsString(files[1]), "\n");
names = split(lines[0], ",");
x = -1;
y = -1;
kind = -1;
for (column = 0; column < names.length; column++) {
  if (names[column] == "x") x = column;
  if (names[column] == "y") y = column;
  if (names[column] == "kind") kind = column;
}
if (x < 0 || y < 0) exit("The table has no columns x and y");

// Two layers of points: columns, and places where one is missing. The centre of the first pixel is (0, 0) in the table and
// (0.5, 0.5) in Fiji. A comma at the end of a line is kept by a space, since split leaves out what is empty.
for (layer = 0; layer < 2; layer++) {
  xs = newArray(0);
  ys = newArray(0);
  for (row = 1; row < lines.length; row++) {
    line = lines[row];
    while (indexOf(line, ",,") >= 0) line = replace(line, ",,", ", ,");
    fields = split(line + " ", ",");
    isVacant = kind >= 0 && fields.length > kind && startsWith(fields[kind], "vacant");
    if (isVacant == layer) {
      xs = Array.concat(xs, parseFloat(fields[x]) + 0.5);
      ys = Array.concat(ys, parseFloat(fields[y]) + 0.5);
    }
  }
  if (xs.length > 0) {
    makeSelection("point", xs, ys);
    if (layer == 0) Overlay.addSelection("yellow"); else Overlay.addSelection("red");
    run("Select None");
  }
  if (layer == 0) print("Columns: " + xs.length); else print("Vacant: " + xs.length);
}
if (files.length > 2) saveAs("Tiff", files[2]);
