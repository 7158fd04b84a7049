"""The most used passwords of eight signs or more, in lower case."""

_WORDS = """
    00000000 000000000 0000000000 01234567 012345678 0123456789 0987654321 09876543 1111111111
    11111111 111111111 11112222 11223344 1122334455 112233445566 12121212 121212121 123123123
    12312312 123321123 12341234 123412345 1234512345 12344321 12345678 123456789 1234567890
    12345678910 123456789a 123456789q 12345678a 1234567a 1234567q 1234qwer 123654789 123abc123
    123qweasd 123qweasdzxc 12qwaszx 13131313 13579246 135792468 147258369 14725836 159357159
    159753159 192837465 1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qa2ws3ed 1qaz2wsx
    1qaz2wsx3edc 1qazxsw2 20002000 22222222 22446688 23456789 25252525 31415926 33333333
    36925814 369258147 44444444 4815162342 55555555 55667788 66666666 69696969 741852963
    77777777 789456123 7894561230 78945612 87654321 88888888 963852741 98765432 987654321
    9876543210 99999999 999999999 a1234567 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 aa123456
    aa12345678 aaaaaaaa abc12345 abc123456 abc123abc abcd1234 abcd12345 abcdefgh abcdefg1
    abcdefghi access14 adgjmptw admin123 admin1234 admin12345 administrator adminadmin alexander
    alexandra america1 andromeda angelica anthony1 apple123 arsenal1 asdasdasd asdf1234 asdfasdf
    asdfghjk asdfghjkl asdfjkl; asdfqwer asdqwe123 asdzxc123 assassin australia babygirl
    babygirl1 barcelona baseball baseball1 basketball bbbbbbbb benjamin blahblah blink182
    brooklyn bubbles1 business butterfly california cameron1 carolina caroline champion changeme
    changeme123 charlie1 charlotte cheese12 chelsea1 chicago1 chicken1 chocolate christian
    christina christopher cocacola computer computer1 courtney creative daniel12 danielle
    december december1 dinosaur discovery dolphin1 dragon12 dragonball einstein elephant
    elizabeth explorer fernando fireball firebird football football1 forever1 fountain franklin
    freedom1 friends1 fuckyou1 fuckyou2 garfield gateway1 gfhjkm123 goldfish google123 graduate
    hardcore hello123 hello1234 helloworld hollywood honey123 iloveyou iloveyou1 iloveyou12
    iloveyou123 iloveyou2 iloveyou3 india123 internet isabella jackson1 jasmine1 jennifer
    jessica1 jonathan jordan23 juventus kimberly krishna1 leonardo letmein1 letmein123
    letmeinnow lifehack liverpool liverpool1 login123 lovelove loveyou1 macintosh manchester
    marlboro master12 master123 maverick melissa1 mercedes michael1 michelle midnight mohammed
    monkey12 monkey123 mustang1 myspace1 newyork1 nicholas nicole12 november november1 p4ssw0rd
    p@$$w0rd p@ssw0rd p@ssw0rd1 p@ssword pa$$w0rd pa55w0rd pa55word parola12 pass1234 pass12345
    pass123456 passpass passport passw0rd passw0rd1 password password! password. password0
    password00 password01 password1 password1! password10 password11 password12 password123
    password123! password1234 password12345 password2 password21 password22 password3 password4
    password5 password6 password7 password8 password9 password99 passwort passwort1 patricia
    philippe pokemon1 portugal princess princess1 princess2 private1 puppy123 q1w2e3r4
    q1w2e3r4t5 q1w2e3r4t5y6 qawsedrf qazwsx123 qazwsxedc qazwsxedcrfv qazxswedc qqqqqqqq
    qq123456 qwaszx12 qweasdzxc qweqweqwe qwer1234 qwerasdf qwerasdfzxcv qwerqwer qwert123
    qwert12345 qwerty01 qwerty11 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456
    qwerty321 qwertyqwerty qwertyui qwertyuiop qwertyuiop1 qwertz123 rainbow1 realmadrid
    realmadrid1 rebecca1 remember richard1 robinson rockstar1 ronaldo7 samantha samsung1
    santiago scarface scooter1 scotland sebastian secret12 secret123 september serenity simpsons
    skywalker slipknot snickers snowball soccer12 softball spiderman spongebob starcraft
    starwars starwars1 steelers stephanie steven12 summer01 summer12 sunflower sunshine
    sunshine1 superman superman1 superstar sweetheart swordfish tequiero test1234 test12345
    testtest thailand thunder1 thunderbird tinkerbell trustno1 trustno1! undertaker valentina
    valentine vanessa1 victoria virginia w1w2w3w4 warcraft washington welcome01 welcome1
    welcome12 welcome123 whatever whatever1 william1 winter12 woaini1314 woaini520 wordpass
    wrestling www12345 xxxxxxxx yamahar1 yankees1 yugioh12 zaq12wsx zaq1xsw2 zaq1zaq1 zaqwsxcde
    zxasqw12 zxc123456 zxcvbnm1 zxcvbnm123 zxcvbnm, zxcvbnmm zxzxzxzx zzzzzzzz
"""

COMMON = frozenset(_WORDS.split())
