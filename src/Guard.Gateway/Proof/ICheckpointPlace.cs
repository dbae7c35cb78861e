using Guard.Proof.Notes;

namespace Guard.Gateway.Proof;

/// <summary>A place outside of the store that keeps signed heads. What stands there, the store cannot be made to contradict unnoticed.</summary>
internal interface ICheckpointPlace
{
    /// <summary>For people; never a credential.</summary>
    string Name { get; }

    /// <summary>The newest head kept there; null: none is, or the place lets nobody read.</summary>
    /// <exception cref="CheckpointPlaceException">It cannot be asked now, or holds something else.</exception>
    Task<SignedNote?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Returns when the head is kept there.</summary>
    /// <exception cref="CheckpointPlaceException">It is not known to be.</exception>
    Task PublishAsync(SignedNote head, CancellationToken cancellationToken);
}

/// <summary>A place of publication cannot be used now. The message is one line for people.</summary>
internal sealed class CheckpointPlaceException(string message, Exception? inner = null) : Exception(message, inner);
