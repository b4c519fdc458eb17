namespace Mars.Trainer.Data;

/// <summary>Which pixels a clip is made of.</summary>
/// <param name="Video">The video.</param>
/// <param name="Start">Its first frame, counted from 0; past the end the video starts again.</param>
/// <param name="Crop">The training crop, or null for the test-time one (short side to the network's size, centre).</param>
/// <param name="Flip">Mirror left and right.</param>
/// <param name="Static">Show the clip's middle frame all the time: what a network makes of a picture without its motion.</param>
internal readonly record struct ClipRequest(VideoEntry Video, int Start, CornerCrop? Crop, bool Flip, bool Static = false)
{
    /// <summary>The frame of the video that is frame <paramref name="i"/> of <paramref name="clipLength"/>: short videos loop.</summary>
    public int Frame(int i, int clipLength) => (Start + (Static ? clipLength / 2 : i)) % Video.Frames;
}
