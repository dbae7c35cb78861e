using Guard.Proof;
using Guard.Proof.Notes;

namespace Guard.Gateway.Proof;

/// <summary>
/// The file <c>audit.checkpoint</c> of the data directory: the newest head that this gateway has seen signed. A database that was
/// restored from a backup, or changed while the gateway was down, does not fit it.
/// </summary>
internal sealed class CheckpointMemory(string directory) : ICheckpointPlace
{
    public const string FileName = "audit.checkpoint";

    public string Name { get; } = Path.Combine(directory, FileName);

    public async Task<SignedNote?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return File.Exists(Name) ? SignedNote.Parse(await File.ReadAllBytesAsync(Name, cancellationToken)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ProofFormatException)
        {
            throw new CheckpointPlaceException($"{Name} cannot be read: {exception.Message}", exception);
        }
    }

    public Task PublishAsync(SignedNote head, CancellationToken cancellationToken)
    {
        try
        {
            PrivateReplace.Write(Name, head.ToString());
            return Task.CompletedTask;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointPlaceException($"{Name} cannot be written: {exception.Message}", exception);
        }
    }
}
