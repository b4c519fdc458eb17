namespace Mars.Server.Dashboard;

/// <summary>One message of the live stream: what has changed since the one before it, as JSON. Times are milliseconds since 1970 by the server's clock.</summary>
/// <param name="Now">When it was made.</param>
/// <param name="First">It holds all there is: what the page knew before counts no more.</param>
/// <param name="Server">About once a second.</param>
/// <param name="Cameras">Those that have changed.</param>
/// <param name="Gone">Ids of cameras that are forgotten.</param>
/// <param name="Events">New ones, and those that have ended, oldest first.</param>
internal sealed record LiveUpdate(
    long Now, bool First, LiveServer? Server, IReadOnlyList<LiveCamera> Cameras, IReadOnlyList<string> Gone, IReadOnlyList<LiveEvent> Events);

/// <summary>The server and its models.</summary>
/// <param name="Ready">Models are loaded.</param>
/// <param name="Draining">It is stopping.</param>
/// <param name="Pictures">What cameras see may be asked for.</param>
/// <param name="Models">Served.</param>
/// <param name="Refused">Packages that could not be used, with the reason; told to administrators.</param>
internal sealed record LiveServer(bool Ready, bool Draining, bool Pictures, IReadOnlyList<LiveModel> Models, IReadOnlyList<string> Refused);

/// <summary>A model.</summary>
/// <param name="Key">name/version.</param>
/// <param name="Kind">rgb, mers, mars, ensemble or cascade.</param>
/// <param name="Precision">fp32, fp16 or int8.</param>
/// <param name="Provider">What runs it.</param>
/// <param name="Labels">How many.</param>
/// <param name="Cameras">That it answers.</param>
/// <param name="StrideFactor">Too much load: by what it multiplies the strides of its live cameras, 1 when all is well.</param>
/// <param name="RefusesCameras">Too much load: new cameras are refused.</param>
/// <param name="IsDefault">Answers cameras that name none.</param>
/// <param name="Maps">It can say where it looks.</param>
internal sealed record LiveModel(string Key, string Kind, string Precision, string Provider, int Labels, int Cameras, int StrideFactor, bool RefusesCameras, bool IsDefault, bool Maps);

/// <summary>A camera.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Connected">False: it has left.</param>
/// <param name="Model">name/version.</param>
/// <param name="FrameRate">Frames a second that come in.</param>
/// <param name="AnswerRate">Windows a second that are answered.</param>
/// <param name="Frames">In all.</param>
/// <param name="Rejected">Frames that could not be used.</param>
/// <param name="Answered">Windows.</param>
/// <param name="Dropped">Windows without an answer.</param>
/// <param name="LastFrame">When the last frame came; null before the first.</param>
/// <param name="Top">Best actions of the last window, best first.</param>
/// <param name="Age">Milliseconds from capture to answer; null where the camera tells no time, or another than the server's.</param>
/// <param name="Delay">Milliseconds from the complete window to its answer.</param>
internal sealed record LiveCamera(
    string Id, bool Connected, string Model, double FrameRate, double AnswerRate, ulong Frames, ulong Rejected, ulong Answered, ulong Dropped, long? LastFrame,
    IReadOnlyList<LiveAction> Top, double? Age, double Delay);

/// <summary>An action of a window.</summary>
internal sealed record LiveAction(string Label, double Score);

/// <summary>An action that began, and ended if it has an end.</summary>
internal sealed record LiveEvent(string Id, string Camera, string Label, double Score, long Start, long? End);

/// <summary>Something that the camera was told.</summary>
internal sealed record LiveNotice(long Time, string Kind, string Detail);

/// <summary>The best action of a second.</summary>
internal sealed record TrackPoint(long Time, string Label, double Score);

/// <summary>What a page that looks at one camera wants to know of the past.</summary>
internal sealed record CameraPast(string Id, IReadOnlyList<TrackPoint> Track, IReadOnlyList<LiveEvent> Events, IReadOnlyList<LiveNotice> Notices);
