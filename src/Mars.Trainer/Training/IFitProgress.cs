namespace Mars.Trainer.Training;

/// <summary>Is told how a training goes on.</summary>
internal interface IFitProgress
{
    /// <summary>A batch has been learnt.</summary>
    /// <param name="epoch">Counted from 1.</param>
    /// <param name="batch">Counted from 1.</param>
    /// <param name="batches">In this epoch.</param>
    /// <param name="loss">Of this batch.</param>
    void BatchDone(int epoch, int batch, int batches, double loss);

    void EpochDone(EpochReport report);

    /// <summary>Something that a person should know.</summary>
    void Note(string text);
}
