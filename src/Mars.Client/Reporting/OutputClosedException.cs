namespace Mars.Client.Reporting;

/// <summary>Whoever read standard output has gone, as head does: the command ends, and that is no error.</summary>
internal sealed class OutputClosedException(Exception inner) : IOException("standard output was closed", inner)
{
    /// <summary>Whether an error comes of it.</summary>
    public static bool IsCauseOf(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is OutputClosedException || (error is AggregateException all && all.InnerExceptions.Any(IsCauseOf)))
                return true;
        }
        return false;
    }
}
