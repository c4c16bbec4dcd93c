from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Header(_message.Message):
    __slots__ = ("message_length",)
    MESSAGE_LENGTH_FIELD_NUMBER: _ClassVar[int]
    message_length: int
    def __init__(self, message_length: _Optional[int] = ...) -> None: ...

class Message(_message.Message):
    __slots__ = ("uuid", "timestamp", "type", "payload", "hostname", "fields")
    UUID_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    uuid: bytes
    timestamp: int
    type: bytes
    payload: bytes
    hostname: bytes
    fields: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, uuid: _Optional[bytes] = ..., timestamp: _Optional[int] = ..., type: _Optional[bytes] = ..., payload: _Optional[bytes] = ..., hostname: _Optional[bytes] = ..., fields: _Optional[_Iterable[bytes]] = ...) -> None: ...

class Field(_message.Message):
    __slots__ = ("name", "value_type", "value_string", "value_bytes", "value_integer", "value_double", "value_bool")
    class ValueType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STRING: _ClassVar[Field.ValueType]
        BYTES: _ClassVar[Field.ValueType]
        INTEGER: _ClassVar[Field.ValueType]
        DOUBLE: _ClassVar[Field.ValueType]
        BOOL: _ClassVar[Field.ValueType]
    STRING: Field.ValueType
    BYTES: Field.ValueType
    INTEGER: Field.ValueType
    DOUBLE: Field.ValueType
    BOOL: Field.ValueType
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_STRING_FIELD_NUMBER: _ClassVar[int]
    VALUE_BYTES_FIELD_NUMBER: _ClassVar[int]
    VALUE_INTEGER_FIELD_NUMBER: _ClassVar[int]
    VALUE_DOUBLE_FIELD_NUMBER: _ClassVar[int]
    VALUE_BOOL_FIELD_NUMBER: _ClassVar[int]
    name: bytes
    value_type: Field.ValueType
    value_string: _containers.RepeatedScalarFieldContainer[bytes]
    value_bytes: _containers.RepeatedScalarFieldContainer[bytes]
    value_integer: _containers.RepeatedScalarFieldContainer[int]
    value_double: _containers.RepeatedScalarFieldContainer[float]
    value_bool: _containers.RepeatedScalarFieldContainer[bool]
    def __init__(self, name: _Optional[bytes] = ..., value_type: _Optional[_Union[Field.ValueType, str]] = ..., value_string: _Optional[_Iterable[bytes]] = ..., value_bytes: _Optional[_Iterable[bytes]] = ..., value_integer: _Optional[_Iterable[int]] = ..., value_double: _Optional[_Iterable[float]] = ..., value_bool: _Optional[_Iterable[bool]] = ...) -> None: ...
