#!/usr/bin/env bash
# OpenCvSharp4 4.13.0.20260627 (official.runtime.linux-x64, FFmpeg 7.1 inside) and Debian's ffmpeg 5.1 read the same two files differently.
#
# 1. A file tagged BT.709: the ffmpeg program converts it with the BT.709 matrix, VideoCapture with BT.601. The four patches below differ by up to 22 levels of 255;
#    without the tag both give the same pixels. VideoCapture of Python's opencv 4.13 and later (FFmpeg 8 inside) obeys the tag, so one version number of OpenCV
#    stands for two behaviours.
# 2. AV1 in MP4: IsOpened() is true, FrameCount and the size are right, and Read() gives no frame and no error. FFmpeg inside is built without an AV1 decoder.
#
# Needs: .NET SDK 10, ffmpeg with libaom-av1 (Debian package ffmpeg), libgtk-3-0. Run: bash findings/opencvsharp-video-decoding.sh
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Four saturated patches; the matrix that encodes is the one that the tag names.
source='color=red:s=64x64:r=5:d=1[a];color=lime:s=64x64:r=5:d=1[b];color=blue:s=64x64:r=5:d=1[c];color=yellow:s=64x64:r=5:d=1[d];[a][b][c][d]hstack=4'
ffmpeg -v error -filter_complex "$source,scale=out_color_matrix=bt709,format=yuv420p" -colorspace bt709 -color_primaries bt709 -color_trc bt709 -c:v libx264 -qp 0 tagged.mp4
ffmpeg -v error -filter_complex "$source,scale=out_color_matrix=bt601,format=yuv420p" -c:v libx264 -qp 0 untagged.mp4
ffmpeg -v error -filter_complex "$source,format=yuv420p" -c:v libaom-av1 -cpu-used 8 -crf 30 av1.mp4
for name in tagged untagged; do ffmpeg -v error -i $name.mp4 -frames:v 1 -pix_fmt bgr24 -f rawvideo $name.bgr; done

cat >probe.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="OpenCvSharp4" Version="4.13.0.20260627" />
    <PackageReference Include="OpenCvSharp4.official.runtime.linux-x64" Version="4.13.0.20260627" />
  </ItemGroup>
</Project>
X
cat >Program.cs <<'X'
using OpenCvSharp;

foreach (var name in new[] { "tagged", "untagged" })
{
    using var capture = new VideoCapture($"{name}.mp4", VideoCaptureAPIs.FFMPEG);
    using var frame = new Mat();
    capture.Read(frame);
    var program = File.ReadAllBytes($"{name}.bgr");
    var most = 0;
    for (var y = 8; y < 56; y++)
        for (var patch = 0; patch < 4; patch++)
            for (var x = (patch * 64) + 8; x < (patch * 64) + 56; x++)
                for (var c = 0; c < 3; c++)
                    most = Math.Max(most, Math.Abs(frame.At<Vec3b>(y, x)[c] - program[(((y * 256) + x) * 3) + c]));
    Console.WriteLine($"{name}: {(most <= 2 ? "as the ffmpeg program, within 2" : most >= 10 ? "10 or more from the ffmpeg program" : $"{most} from the ffmpeg program")}");
    Console.Error.WriteLine($"({name}: {most})");
}
using var av1 = new VideoCapture("av1.mp4", VideoCaptureAPIs.FFMPEG);
using var none = new Mat();
Console.WriteLine($"av1: opened {av1.IsOpened()}, {av1.FrameWidth}x{av1.FrameHeight}, {av1.FrameCount} frames stated, read {av1.Read(none)}");
X
dotnet build -v q --nologo -o out >build.log 2>&1 || { cat build.log; exit 1; }
OPENCV_LOG_LEVEL=SILENT dotnet out/probe.dll 2>detail.txt | tee seen.txt
cat detail.txt >&2
diff - seen.txt <<'X' && echo "as stated" || { echo "changed: see above"; exit 1; }
tagged: 10 or more from the ffmpeg program
untagged: as the ffmpeg program, within 2
av1: opened True, 256x64, 5 frames stated, read False
X
