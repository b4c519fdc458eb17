using Mars.Trainer.Networks;

namespace Mars.Trainer.Data;

/// <summary>Real clips for a graph to be compared or calibrated on.</summary>
internal static class FirstClips
{
    /// <summary>The first clip of each video, centre crop: uint8 [frames, size, size, channels].</summary>
    /// <param name="set">Where the videos are.</param>
    /// <param name="videos">Some of the set's.</param>
    /// <param name="shape">Of the network that takes them: pictures or flow, how many frames, how large.</param>
    public static byte[][] Read(FrameSet set, IEnumerable<VideoEntry> videos, NetworkShape shape)
    {
        var flow = shape.InputChannels == 2;
        var reader = new ClipReader(set, new FrameCache(0), shape.Frames, shape.Size);
        return [.. videos.Where(v => !flow || v.Frames > 1).Select(video =>
        {
            var clip = new byte[shape.Frames * shape.Size * shape.Size * shape.InputChannels];
            var frames = flow ? video with { Frames = video.Frames - 1 } : video; // there is no flow from the last frame on
            reader.Read(new ClipRequest(frames, 0, null, false), flow ? [] : clip, flow ? clip : []);
            return clip;
        })];
    }
}
